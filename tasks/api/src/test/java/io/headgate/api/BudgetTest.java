package io.headgate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1000, 0",
    "5, 3, 5",
    "0.5%, 1000, 5",
    "0.5%, 199, 0",
    "1%, 199, 1",
    "100%, 7, 7",
    "0%, 9, 0",
    "1%, 9223372036854775807, 92233720368547758",
  })
  void allowsRowsRoundedDown(String text, long rows, long allowed) {
    assertThat(Budget.parse(text).allowed(rows)).isEqualTo(allowed);
    assertThat(Budget.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "%", "-1", "101%", "0.5", "many", "1e400", "NaN", "9999999999999999999"})
  void refusesWhatIsNoBudget(String text) {
    assertThatThrownBy(() -> Budget.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no budget");
  }
}
