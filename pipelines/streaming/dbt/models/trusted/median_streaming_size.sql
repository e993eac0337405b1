-- Question 5: the median size of a stream in GB, of 1000 MB each.
with middle as (
  select
    {{ exact_median('size_mb') }} as size_mb,
    count(*) as streams
  from {{ ref('stage_streams') }}
)

select
  {{ rounded('size_mb', '1000', 2) }} as answer,
  {{ sentence(["'GB, median of '", 'streams', "' streams'"]) }} as detail
from middle
