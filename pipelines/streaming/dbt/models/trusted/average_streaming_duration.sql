-- Question 4: the mean of the complete hours of a stream.
with counted as (
  select
    sum({{ complete_hours('start_at', 'end_at') }}) as hours,
    count(*) as streams
  from {{ ref('stage_streams') }}
)

select
  {{ rounded('hours', 'nullif(streams, 0)', 3) }} as answer,
  {{ dbt.concat(['cast(hours as ' ~ dbt.type_string() ~ ')', "' complete hours in '", 'cast(streams as ' ~ dbt.type_string() ~ ')', "' streams'"]) }} as detail
from counted
