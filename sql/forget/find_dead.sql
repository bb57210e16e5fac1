-- The dead letters that may name a number, escaped as JSON has it or not. asked (pattern String) is sent along.
SELECT id, source, hex(context), hex(body)
FROM {database:Identifier}.dead_letters
WHERE match(concat(context, '    ', body), (SELECT pattern FROM asked)) OR position(body, '\\u003') > 0
