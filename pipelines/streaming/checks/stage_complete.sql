select raw.streams as loaded, stage.streams as modelled
from (select count(*) as streams from streams) as raw
cross join (select count(*) as streams from stage_streams) as stage
where raw.streams <> stage.streams
