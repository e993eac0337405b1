-- Question 4: the mean of the complete hours of a stream.
with counted as (
  select
    sum({{ complete_hours('start_at', 'end_at') }}) as hours,
    count(*) as streams
  from {{ ref('stage_streams') }}
)

select
  {{ rounded('hours', 'nullif(streams, 0)', 3) }} as answer,
  {{ sentence(['hours', "' complete hours in '", 'streams', "' streams'"]) }} as detail
from counted
