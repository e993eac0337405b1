package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowRangeTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, exactly 1 row, 1",
    "7, 7, exactly 7 rows, 7",
    "1, , at least 1 row, at least 1",
    ", 2000, 'at most 2,000 rows', 'at most 2,000'",
    "0, 1, at least 0 and at most 1 row, at least 0 and at most 1",
  })
  void saysWhatItWants(Long min, Long max, String words, String figures) {
    RowRange range = new RowRange(Optional.ofNullable(min), Optional.ofNullable(max));

    assertThat(range.words()).isEqualTo(words);
    assertThat(range).hasToString(figures);
  }

  @Test
  void aPlainNumberMeansExactlyAsMany() {
    assertThat(RowRange.parse("1").holds(1)).isTrue();
    assertThat(RowRange.parse("1").holds(2)).isFalse();
    assertThat(RowRange.parse("1").holds(0)).isFalse();
    assertThatThrownBy(() -> RowRange.parse("-1")).isInstanceOf(IllegalArgumentException.class);
  }
}
