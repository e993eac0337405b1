{# Whether the run is about a stretch of event time. #}
{% macro has_interval() %}{{ return(var('interval_start', none) is not none and var('interval_end', none) is not none) }}{% endmacro %}

{# True for event times in the run's interval: start included, end excluded. #}
{% macro within_interval(event_time) -%}
{{ event_time }} >= {{ local_timestamp(var('interval_start')) }} and {{ event_time }} < {{ local_timestamp(var('interval_end')) }}
{%- endmacro %}

{#
  Deletes from an incremental model what its source no longer holds: merge alone would keep it.
  keys maps the model's key columns to expressions on the source. With an event time, and in a run
  with an interval, only that stretch is looked at.
#}
{% macro drop_vanished(relation, keys, event_time=none) -%}
  {%- if is_incremental() -%}
    delete from {{ this }}
    where ({{ keys.keys() | join(', ') }}) not in (
      select {% if keys | length == 1 %}{{ keys.values() | first }}{% else %}{{ keys.values() | join(', ') }}{% endif %}
      from {{ relation }}
      {%- if event_time is not none and has_interval() %}
      where {{ within_interval(event_time) }}
      {%- endif %}
    )
    {%- if event_time is not none and has_interval() %}
    and {{ within_interval(event_time) }}
    {%- endif %}
  {%- endif -%}
{%- endmacro %}
