select answer, detail
from movies_based_on_books
where answer is null or answer < 0 or answer > 1
