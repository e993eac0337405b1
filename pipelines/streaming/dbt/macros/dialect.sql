{#
  SQL that engines write differently. A new engine adds its <adapter>__ macro here and nothing else changes.
  Nested columns: DuckDB, ClickHouse and Trino have structs and lists, PostgreSQL has jsonb.
#}

{# Hours that passed in full between two timestamps: 1 h 59 min is 1. #}
{% macro complete_hours(start, end) %}{{ return(adapter.dispatch('complete_hours')(start, end)) }}{% endmacro %}

{# date_diff would count the boundaries that were crossed: 09:59 to 10:01 would be 1. #}
{% macro duckdb__complete_hours(start, end) %}date_sub('hour', {{ start }}, {{ end }}){% endmacro %}

{% macro postgres__complete_hours(start, end) %}{{ complete_units(3600, start, end) }}{% endmacro %}

{% macro clickhouse__complete_hours(start, end) %}age('hour', {{ start }}, {{ end }}){% endmacro %}

{# Here date_diff counts what has passed in full. #}
{% macro trino__complete_hours(start, end) %}date_diff('hour', {{ start }}, {{ end }}){% endmacro %}

{# Minutes that passed in full between two timestamps. #}
{% macro complete_minutes(start, end) %}{{ return(adapter.dispatch('complete_minutes')(start, end)) }}{% endmacro %}

{% macro duckdb__complete_minutes(start, end) %}date_sub('minute', {{ start }}, {{ end }}){% endmacro %}

{% macro postgres__complete_minutes(start, end) %}{{ complete_units(60, start, end) }}{% endmacro %}

{% macro clickhouse__complete_minutes(start, end) %}age('minute', {{ start }}, {{ end }}){% endmacro %}

{% macro trino__complete_minutes(start, end) %}date_diff('minute', {{ start }}, {{ end }}){% endmacro %}

{# extract gives seconds as an exact number. #}
{% macro complete_units(seconds, start, end) -%}
cast(trunc(extract(epoch from {{ end }} - {{ start }}) / {{ seconds }}) as bigint)
{%- endmacro %}

{# The exact median; of an even number of values the mean of the middle two. #}
{% macro exact_median(expression) %}{{ return(adapter.dispatch('exact_median')(expression)) }}{% endmacro %}

{% macro duckdb__exact_median(expression) %}quantile_cont({{ expression }}, 0.5){% endmacro %}

{% macro postgres__exact_median(expression) %}percentile_cont(0.5) within group (order by {{ expression }}){% endmacro %}

{% macro clickhouse__exact_median(expression) %}quantileExactInclusiveOrNull(0.5)({{ expression }}){% endmacro %}

{# approx_percentile is none. Nulls come last and are not counted. #}
{% macro trino__exact_median(expression) -%}
(
    element_at(array_agg({{ expression }} order by {{ expression }}), cast((count({{ expression }}) + 1) / 2 as integer))
    + element_at(array_agg({{ expression }} order by {{ expression }}), cast(count({{ expression }}) / 2 + 1 as integer))
  ) / 2
{%- endmacro %}

{# Half of a whole number, rounded down. #}
{% macro whole_half(expression) %}{{ return(adapter.dispatch('whole_half')(expression)) }}{% endmacro %}

{% macro default__whole_half(expression) %}({{ expression }} / 2){% endmacro %}

{% macro duckdb__whole_half(expression) %}({{ expression }} // 2){% endmacro %}

{% macro clickhouse__whole_half(expression) %}intDiv({{ expression }}, 2){% endmacro %}

{#
  A value inside a nested column: path is the column and the fields below it, such as metadata.name. The type is that
  of the contract; an engine that keeps nested values as JSON needs it.
#}
{% macro field(path, type='text') %}{{ return(adapter.dispatch('field')(path, type)) }}{% endmacro %}

{% macro default__field(path, type) %}{{ quoted_path(path) }}{% endmacro %}

{% macro postgres__field(path, type) -%}
{%- set parts = path.split('.') -%}
{{ json_value(adapter.quote(parts[0]), parts[1:], type) }}
{%- endmacro %}

{% macro json_value(json, parts, type) -%}
{%- if not parts -%}{{ json }}
{%- elif type == 'text' -%}({{ json }} #>> {{ dbt.string_literal('{' ~ parts | join(',') ~ '}') }})
{%- else -%}cast({{ json }} #>> {{ dbt.string_literal('{' ~ parts | join(',') ~ '}') }} as {{ type }})
{%- endif -%}
{%- endmacro %}

{# The first value at a path in a list of objects that is set and is not the sentinel. #}
{% macro first_field(list, path, sentinel=none) %}{{ return(adapter.dispatch('first_field')(list, path, sentinel)) }}{% endmacro %}

{% macro duckdb__first_field(list, path, sentinel) -%}
list_filter(
    list_transform({{ list }}, lambda item: item.{{ quoted_path(path) }}),
    lambda value: {{ wanted('value', sentinel) }}
  )[1]
{%- endmacro %}

{% macro postgres__first_field(list, path, sentinel) -%}
(
    select {{ json_value('items.item', path.split('.'), 'text') }}
    from jsonb_array_elements({{ list }}) with ordinality as items (item, place)
    where {{ wanted(json_value('items.item', path.split('.'), 'text'), sentinel) }}
    order by items.place
    limit 1
  )
{%- endmacro %}

{% macro clickhouse__first_field(list, path, sentinel) -%}
arrayFirstOrNull(
    value -> {{ wanted('value', sentinel) }},
    arrayMap(item -> {% for part in path.split('.') %}tupleElement({% endfor %}item{% for part in path.split('.') %}, {{ dbt.string_literal(part) }}){% endfor %}, {{ list }})
  )
{%- endmacro %}

{% macro trino__first_field(list, path, sentinel) -%}
element_at(
    filter(transform({{ list }}, item -> item.{{ quoted_path(path) }}), value -> {{ wanted('value', sentinel) }}),
    1
  )
{%- endmacro %}

{% macro wanted(value, sentinel) -%}
{{ value }} is not null{% if sentinel is not none %} and {{ value }} <> {{ dbt.string_literal(sentinel) }}{% endif %}
{%- endmacro %}

{% macro quoted_path(path) -%}
  {%- for part in path.split('.') -%}{{ adapter.quote(part) }}{%- if not loop.last -%}.{%- endif -%}{%- endfor -%}
{%- endmacro %}

{# The day in which an ISO 8601 text such as 1956-05-07T00:00:00.000+0000 begins. #}
{% macro iso_day(expression) %}{{ return(adapter.dispatch('iso_day')(expression)) }}{% endmacro %}

{% macro default__iso_day(expression) %}cast(substring(cast({{ expression }} as varchar), 1, 10) as date){% endmacro %}

{% macro clickhouse__iso_day(expression) %}cast(substring({{ expression }}, 1, 10) as Nullable(Date32)){% endmacro %}

{# A type that may be null, as it stands in a cast. #}
{% macro nullable(type) %}{{ return(adapter.dispatch('nullable')(type)) }}{% endmacro %}

{% macro default__nullable(type) %}{{ type }}{% endmacro %}

{% macro clickhouse__nullable(type) %}Nullable({{ type }}){% endmacro %}

{# A floating point number of 64 bits. #}
{% macro type_double() %}{{ return(adapter.dispatch('type_double')()) }}{% endmacro %}

{% macro default__type_double() %}double precision{% endmacro %}

{% macro clickhouse__type_double() %}Float64{% endmacro %}

{% macro trino__type_double() %}double{% endmacro %}

{# A local timestamp from text. #}
{% macro local_timestamp(text) %}{{ return(adapter.dispatch('local_timestamp')(text)) }}{% endmacro %}

{% macro default__local_timestamp(text) %}cast({{ dbt.string_literal(text) }} as timestamp){% endmacro %}

{# Local time is kept as if it were UTC. #}
{% macro clickhouse__local_timestamp(text) %}toDateTime64({{ dbt.string_literal(text) }}, 6, 'UTC'){% endmacro %}

{% macro trino__local_timestamp(text) %}cast({{ dbt.string_literal(text) }} as timestamp(6)){% endmacro %}
