{# A local timestamp from text in a variable. #}
{% macro local_timestamp(text) %}cast({{ dbt.string_literal(text) }} as timestamp){% endmacro %}
