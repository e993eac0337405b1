package io.headgate.quality;

import io.headgate.api.CheckResult;
import java.util.List;
import java.util.Optional;

/**
 * What a check found.
 *
 * @param failingRows a query for the rows that failed, if there are such
 */
record Finding(CheckResult result, Optional<String> failingRows) {
  /** Some of the rows that failed, masked, as text; a null is shown as such. */
  record Sample(List<String> columns, List<List<String>> rows) {}

  static Finding of(CheckResult result) {
    return new Finding(result, Optional.empty());
  }

  Finding with(CheckResult other) {
    return new Finding(other, failingRows);
  }
}
