{# numerator / denominator, rounded half up to a decimal of so many digits: ties are seen exactly, as numerator is scaled first. #}
{% macro rounded(numerator, denominator, digits) -%}
{%- set decimal = nullable('decimal(18, ' ~ digits ~ ')') -%}
cast(
    cast(floor({{ 10 ** digits }} * cast({{ numerator }} as {{ nullable(type_double()) }}) / {{ denominator }} + 0.5) as {{ decimal }})
    / {{ 10 ** digits }} as {{ decimal }}
  )
{%- endmacro %}

{# Columns and literals put together as text. #}
{% macro sentence(parts) -%}
  {%- set texts = [] -%}
  {%- for part in parts -%}{%- do texts.append('cast(' ~ part ~ ' as ' ~ nullable(dbt.type_string()) ~ ')') -%}{%- endfor -%}
  {{ dbt.concat(texts) }}
{%- endmacro %}

{# Such as "85 of 91 movies". #}
{% macro some_of(part, whole, noun='') -%}
  {{ sentence([part, "' of '", whole] + ([dbt.string_literal(' ' ~ noun)] if noun else [])) }}
{%- endmacro %}
