-- How a rebuild stands: 'begun'; 'decided' from when its rows are to replace those that serve; 'over' when they have.
SELECT toString(state), digest, boundary FROM {database:Identifier}.rebuild AS word ORDER BY word.state DESC LIMIT 1
