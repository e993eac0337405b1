package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableNamesTest {
  @ParameterizedTest
  @CsvSource({
    "*, anything, true",
    "trusted_*, trusted_a, true",
    "trusted_*, xtrusted_a, false",
    "a?c, abc, true",
    "a?c, ac, false",
    "a.c, abc, false",
    "[a], a, false",
    "A, a, false",
  })
  void patternsFitNames(String pattern, String table, boolean fits) {
    assertThat(TableNames.matches(pattern, table)).isEqualTo(fits);
  }
}
