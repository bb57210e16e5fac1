-- How many servers a cluster has, as the asked one knows it.
SELECT count() FROM system.clusters WHERE cluster = {cluster:String}
