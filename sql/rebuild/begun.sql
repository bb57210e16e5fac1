-- How a rebuild stands: 'begun', and 'decided' from when its rows are to replace those that serve.
SELECT toString(state), digest, boundary FROM {database:Identifier}.rebuild ORDER BY state DESC LIMIT 1
