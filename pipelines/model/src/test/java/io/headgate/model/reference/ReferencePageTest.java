package io.headgate.model.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.model.TestKinds;
import org.junit.jupiter.api.Test;

class ReferencePageTest {
  private final String page = ReferencePage.markdown(TestKinds.ALL);

  @Test
  void tellsEveryKeyWithItsDefaultAndWhatItIsFor() {
    assertThat(page)
        .contains("| `warehouse` | text | `main` | The warehouse, as the targets")
        .contains("| `parallel` | whole number | `2` | How many at once. |")
        .contains("| `from` | text | required | Where files are. Example: `data/` |")
        .contains("| `protected` | true or false |")
        .contains("`append`, `replace-interval`")
        .contains("## contracts/**/*.yaml (contract)");
  }

  @Test
  void tellsEveryExitCode() {
    for (ExitCode code : ExitCode.values()) {
      assertThat(page).contains("| " + code.code() + " | " + code.meaning() + " |");
    }
  }

  @Test
  void isTheSameEachTime() {
    assertThat(ReferencePage.markdown(TestKinds.ALL.reversed())).isEqualTo(page);
  }
}
