select answer, detail
from average_streaming_duration
where answer >= 24
