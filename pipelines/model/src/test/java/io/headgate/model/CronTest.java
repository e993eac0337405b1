package io.headgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 6 * * *",
        "*/15 0-5,22 1,15 jan-mar mon-fri",
        "0 0 31 1,2 *",
        "0 0 29 2 *",
        "5/10 * * * 7",
        "0 0 31 2 1"
      })
  void acceptsWhatCronAccepts(String text) {
    assertThat(Cron.parse(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
        "1-2-3 * * * *",
        "a * * * *",
        "0 0 31 2 *",
        "0 0 30,31 2 *",
        "1,,2 * * * *",
        "* * L * *",
        "dayly",
        "@reboot",
        "; rm -rf / * *"
      })
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> Cron.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"daily,0 0 * * *", "@hourly,0 * * * *", "weekly,0 0 * * 0", "monthly,0 0 1 * *"})
  void knowsPresets(String preset, String cron) {
    assertThat(Cron.parse(preset).text()).isEqualTo(cron);
  }

  @Test
  void suggestsTheNearestPreset() {
    assertThatThrownBy(() -> Cron.parse("dayly"))
        .hasMessage("\"dayly\" is not a schedule; did you mean \"daily\"?");
  }
}
