{# SQL that engines write differently. A new engine adds its <adapter>__ macro here and nothing else changes. #}

{# Hours that passed in full between two timestamps: 1 h 59 min is 1. #}
{% macro complete_hours(start, end) %}{{ return(adapter.dispatch('complete_hours')(start, end)) }}{% endmacro %}

{# date_diff would count the boundaries that were crossed: 09:59 to 10:01 would be 1. #}
{% macro duckdb__complete_hours(start, end) %}date_sub('hour', {{ start }}, {{ end }}){% endmacro %}

{# Minutes that passed in full between two timestamps. #}
{% macro complete_minutes(start, end) %}{{ return(adapter.dispatch('complete_minutes')(start, end)) }}{% endmacro %}

{% macro duckdb__complete_minutes(start, end) %}date_sub('minute', {{ start }}, {{ end }}){% endmacro %}

{# The exact median; of an even number of values the mean of the middle two. #}
{% macro exact_median(expression) %}{{ return(adapter.dispatch('exact_median')(expression)) }}{% endmacro %}

{% macro duckdb__exact_median(expression) %}quantile_cont({{ expression }}, 0.5){% endmacro %}

{# Half of a whole number, rounded down. #}
{% macro whole_half(expression) %}{{ return(adapter.dispatch('whole_half')(expression)) }}{% endmacro %}

{% macro duckdb__whole_half(expression) %}({{ expression }} // 2){% endmacro %}

{# A value inside a nested column: path is the column and the fields below it, such as metadata.name. #}
{% macro field(path) %}{{ return(adapter.dispatch('field')(path)) }}{% endmacro %}

{% macro duckdb__field(path) %}{{ quoted_path(path) }}{% endmacro %}

{# The first value at a path in a list of objects that is set and is not the sentinel. #}
{% macro first_field(list, path, sentinel=none) %}{{ return(adapter.dispatch('first_field')(list, path, sentinel)) }}{% endmacro %}

{% macro duckdb__first_field(list, path, sentinel) -%}
list_filter(
    list_transform({{ list }}, lambda item: item.{{ quoted_path(path) }}),
    lambda value: value is not null{% if sentinel is not none %} and value <> {{ dbt.string_literal(sentinel) }}{% endif %}
  )[1]
{%- endmacro %}

{% macro quoted_path(path) -%}
  {%- for part in path.split('.') -%}{{ adapter.quote(part) }}{%- if not loop.last -%}.{%- endif -%}{%- endfor -%}
{%- endmacro %}

{# The day in which an ISO 8601 text such as 1956-05-07T00:00:00.000+0000 begins. #}
{% macro iso_day(expression) %}{{ return(adapter.dispatch('iso_day')(expression)) }}{% endmacro %}

{% macro duckdb__iso_day(expression) %}cast(left(cast({{ expression }} as varchar), 10) as date){% endmacro %}

{# A floating point number of 64 bits. #}
{% macro type_double() %}{{ return(adapter.dispatch('type_double')()) }}{% endmacro %}

{% macro duckdb__type_double() %}double{% endmacro %}
