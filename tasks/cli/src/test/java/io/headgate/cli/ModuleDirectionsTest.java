package io.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table of docs/architecture.md, held against what the classes of all modules use. */
class ModuleDirectionsTest {
  private static final String ROOT = "io.headgate.";

  /** What each module may use; features are not there for each other. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.of(
          "api", Set.of(),
          "testing", Set.of("api"),
          "process", Set.of("api"),
          "page", Set.of("api"),
          "stores", Set.of("api"),
          "model", Set.of("api"),
          "ingest", Set.of("api", "stores"),
          "dbt", Set.of("api", "process", "stores"),
          "quality", Set.of("api", "process", "page", "stores"),
          "cli", Set.of("api", "process", "page", "stores", "model", "ingest", "dbt", "quality"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.headgate");

  @Test
  void everyModuleUsesOnlyWhatTheTableAllows() {
    SortedSet<String> violations = new TreeSet<>();
    for (JavaClass origin : CLASSES) {
      Set<String> allowed = MAY_USE.getOrDefault(module(origin), Set.of());
      origin.getDirectDependenciesFromSelf().stream()
          .filter(dependency -> dependency.getTargetClass().getName().startsWith(ROOT))
          .filter(dependency -> !module(dependency.getTargetClass()).equals(module(origin)))
          .filter(dependency -> !allowed.contains(module(dependency.getTargetClass())))
          .forEach(dependency -> violations.add(dependency.getDescription()));
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void everyModuleIsInTheTable() {
    SortedSet<String> found = new TreeSet<>();
    CLASSES.forEach(type -> found.add(module(type)));
    assertThat(MAY_USE.keySet()).containsAll(found);
    assertThat(found).contains("api", "process", "page", "stores", "model");
  }

  private static String module(JavaClass type) {
    return type.getName().substring(ROOT.length()).split("\\.", 2)[0];
  }
}
