-- The offset after the last record of a partition that the warehouse has; 0 where it has none.
SELECT if(count() = 0, 0, max(last) + 1) FROM chunks WHERE log = {log:UUID} AND log_partition = {partition:UInt16}
