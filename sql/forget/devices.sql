-- Takes the cards' numbers from what was found of phones, and what may name somebody from their titles.
ALTER TABLE {database:Identifier}.devices
UPDATE
    title = transform(message, {title_of:Array(UInt64)}, {title:Array(String)}, title),
    sims = arrayMap(sim -> (sim.1, '', sim.3, sim.4, sim.5), sims)
WHERE message IN {title_of:Array(UInt64)}
SETTINGS mutations_sync = 2
