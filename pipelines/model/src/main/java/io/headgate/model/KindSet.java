package io.headgate.model;

import io.headgate.api.StepKind;
import io.headgate.model.bind.RecordShape;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The kinds of steps at hand. */
final class KindSet {
  private final Map<String, StepKind<?>> byName = new TreeMap<>();

  KindSet(List<StepKind<?>> kinds) {
    Set<String> common = RecordShape.of(PipelineFile.StepFile.class).keys().keySet();
    for (StepKind<?> kind : kinds) {
      if (byName.put(kind.name(), kind) != null) {
        throw new IllegalArgumentException("two kinds are named " + kind.name());
      }
      Set<String> both = new HashSet<>(keys(kind));
      both.retainAll(common);
      if (!both.isEmpty()) {
        throw new IllegalArgumentException(
            "kind " + kind.name() + " uses keys that every step has: " + both);
      }
    }
  }

  Optional<StepKind<?>> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Set<String> names() {
    return byName.keySet();
  }

  static Set<String> keys(StepKind<?> kind) {
    return RecordShape.of(kind.configuration()).keys().keySet();
  }
}
