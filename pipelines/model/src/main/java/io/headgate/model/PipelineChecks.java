package io.headgate.model;

import io.headgate.api.Problems;
import io.headgate.model.bind.Nearest;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the types of {@code pipeline.yaml} cannot say, of a tree that may be wrong elsewhere. */
final class PipelineChecks {
  private final Project project;
  private final Node root;
  private final Set<String> steps;
  private final StepGraph graph;
  private final Problems problems;

  PipelineChecks(
      Project project, Node root, Set<String> steps, StepGraph graph, Problems problems) {
    this.project = project;
    this.root = root;
    this.steps = steps;
    this.graph = graph;
    this.problems = problems;
  }

  void check(String folder) {
    LenientSteps.text(root, "name").ifPresent(name -> checkName(name, folder));
    if (LenientSteps.value(root, "steps") instanceof Node.Mapping all && all.entries().isEmpty()) {
      problems.report("steps", "there is no step", "");
    }
    checkWarehouse(LenientSteps.text(root, "warehouse"));
    if (LenientSteps.value(root, "fuse") instanceof Node.Sequence groups) {
      Set<String> fused = new HashSet<>();
      for (int i = 0; i < groups.items().size(); i++) {
        if (groups.items().get(i) instanceof Node.Sequence group) {
          checkGroup(texts(group), fused, problems.below(KeyPath.item("fuse", i)));
        } else {
          problems.report(KeyPath.item("fuse", i), "expected a list of steps", "write [[a, b]]");
        }
      }
    }
  }

  private void checkName(String name, String folder) {
    if (!Names.valid(name)) {
      problems.report(
          "name", "\"" + name + "\" is not a name", "use a-z, 0-9 and _, beginning with a letter");
    } else if (!name.equals(folder)) {
      problems.report("name", "the folder is named \"" + folder + "\"", "give both the same name");
    }
  }

  private void checkWarehouse(Optional<String> named) {
    String warehouse = named.orElse("main");
    Set<String> known = new TreeSet<>();
    project.file().targets().values().forEach(t -> known.addAll(t.warehouses().keySet()));
    if (!known.contains(warehouse)) {
      problems.report(
          "warehouse",
          "no target in headgate.yaml has a warehouse \"" + warehouse + "\"",
          Nearest.hintOrList(warehouse, known));
    }
  }

  private static List<String> texts(Node.Sequence group) {
    List<String> texts = new ArrayList<>();
    for (Node item : group.items()) {
      if (item instanceof Node.Scalar scalar) {
        texts.add(scalar.text());
      }
    }
    return texts;
  }

  private void checkGroup(List<String> group, Set<String> fused, Problems found) {
    boolean known = true;
    for (int i = 0; i < group.size(); i++) {
      String step = group.get(i);
      String path = KeyPath.item("", i);
      if (!steps.contains(step)) {
        found.report(path, "no step \"" + step + "\"", Nearest.hintOrList(step, steps));
        known = false;
      } else if (!fused.add(step)) {
        found.report(path, "\"" + step + "\" is fused twice", "");
        known = false;
      }
    }
    if (group.size() < 2) {
      found.report("", "a group needs two steps or more", "");
    } else if (known && graph.complete()) {
      checkOrder(group, found);
      checkNothingBetween(group, found);
    }
  }

  private void checkOrder(List<String> group, Problems found) {
    for (int i = 0; i < group.size(); i++) {
      String step = group.get(i);
      List<String> before = group.subList(0, i);
      List<String> after = group.subList(i + 1, group.size());
      Set<String> needs = graph.allNeeds(step);
      Optional<String> late = after.stream().filter(needs::contains).findFirst();
      if (late.isPresent()) {
        found.report(
            KeyPath.item("", i),
            "\"%s\" needs \"%s\", which stands after it".formatted(step, late.get()),
            "put them in the order in which they run");
        return;
      }
      if (i > 0 && before.stream().noneMatch(needs::contains)) {
        found.report(
            KeyPath.item("", i),
            "\"%s\" needs none of the steps before it".formatted(step),
            "fuse only steps that follow each other");
      }
    }
  }

  private void checkNothingBetween(List<String> group, Problems found) {
    Set<String> members = Set.copyOf(group);
    for (String outside : steps) {
      boolean needsMember = graph.allNeeds(outside).stream().anyMatch(members::contains);
      boolean needed = group.stream().anyMatch(step -> graph.allNeeds(step).contains(outside));
      if (!members.contains(outside) && needsMember && needed) {
        found.report(
            "",
            "\"" + outside + "\" runs between the steps of the group",
            "take it into the group");
      }
    }
  }
}
