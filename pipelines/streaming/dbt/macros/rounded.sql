{# numerator / denominator, rounded half up to a decimal of so many digits: ties are seen exactly, as numerator is scaled first. #}
{% macro rounded(numerator, denominator, digits) -%}
cast(
    floor({{ 10 ** digits }} * cast({{ numerator }} as {{ type_double() }}) / {{ denominator }} + 0.5) / {{ 10 ** digits }}
    as decimal(18, {{ digits }})
  )
{%- endmacro %}

{# The columns every trusted model has: the answer, and a sentence of how it came about. #}
{% macro counted(noun) -%}
{{ dbt.concat(['cast(answer as ' ~ dbt.type_string() ~ ')', dbt.string_literal(' ' ~ noun)]) }}
{%- endmacro %}
