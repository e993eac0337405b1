package io.headgate.quality;

import io.headgate.api.Documents;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which columns must not be shown. A name that any document masks is masked in every table: models
 * hand columns on under their names.
 */
final class Masks {
  private final Set<String> columns = new TreeSet<>();

  private Masks(Collection<? extends Collection<String>> names) {
    for (Collection<String> some : names) {
      for (String name : some) {
        columns.add(name.toLowerCase(Locale.ROOT));
      }
    }
  }

  static Masks of(Documents documents) {
    return new Masks(documents.maskedColumns().values());
  }

  boolean hide(String column) {
    return columns.contains(column.toLowerCase(Locale.ROOT));
  }
}
