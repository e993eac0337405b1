select 'users_affected' as model, answer
from users_affected
where answer > (select count(*) from stage_users)
union all
select 'users_watched_50_percent', answer
from users_watched_50_percent
where answer > (select count(*) from stage_users)
union all
select 'movies_based_on_books_by_singaporeans', answer
from movies_based_on_books_by_singaporeans
where answer > (select count(*) from stage_movies)
