-- Where a rebuild keeps a word of itself.
CREATE TABLE {database:Identifier}.rebuild
(
    state Enum8('begun' = 1, 'decided' = 2, 'over' = 3),
    -- of the way of reading that it is made for
    digest String,
    -- what is older than this (ms) is past what is kept
    boundary Int64
)
ENGINE = MergeTree ORDER BY state
AS SELECT 'begun' AS state, {digest:String} AS digest, {boundary:Int64} AS boundary
