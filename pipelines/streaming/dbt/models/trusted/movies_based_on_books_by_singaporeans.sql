-- Question 3: the streamed movies that are based on a book by a Singaporean author.
with books as (
  select distinct stage_books.book_key
  from {{ ref('stage_books') }} as stage_books
  inner join {{ ref('stage_authors') }} as stage_authors
    on stage_authors.author_key = stage_books.author_key
  where stage_authors.nationality = {{ dbt.string_literal(var('nationality')) }}
),

movies as (
  select distinct stage_reviews.movie_key
  from {{ ref('stage_reviews') }} as stage_reviews
  inner join books on books.book_key = stage_reviews.book_key
),

streamed as (
  select
    count(distinct movies.movie_key) as answer,
    count(distinct stage_streams.movie_key) as total
  from {{ ref('stage_streams') }} as stage_streams
  left join movies on movies.movie_key = stage_streams.movie_key
)

select
  answer,
  {{ some_of('answer', 'total', 'movies') }} as detail
from streamed
