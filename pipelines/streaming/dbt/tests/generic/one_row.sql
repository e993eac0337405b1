{# Passes when the table holds exactly one row. #}
{% test one_row(model) %}
select counted.answers
from (select count(*) as answers from {{ model }}) as counted
where counted.answers <> 1
{% endtest %}
