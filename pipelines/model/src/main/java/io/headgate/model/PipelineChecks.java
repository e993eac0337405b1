package io.headgate.model;

import io.headgate.api.Problems;
import io.headgate.model.bind.Nearest;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    checkProfiles();
    checkAfter();
    checkParametersOfSchedule();
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

  private void checkProfiles() {
    Set<String> known = new TreeSet<>();
    project.file().targets().values().forEach(t -> known.addAll(t.pods().profiles().keySet()));
    LenientSteps.steps(root)
        .forEach(
            (name, step) ->
                LenientSteps.text(step, "profile")
                    .filter(profile -> !known.contains(profile))
                    .ifPresent(
                        profile ->
                            problems.report(
                                KeyPath.join("steps", name) + ".profile",
                                "no target in headgate.yaml has a profile \"" + profile + "\"",
                                Nearest.hintOrList(profile, known))));
  }

  private void checkAfter() {
    if (!(LenientSteps.value(root, "schedule") instanceof Node.Mapping schedule)) {
      return;
    }
    List<String> known = project.pipelines();
    List<String> after = LenientSteps.texts(schedule, "after");
    boolean list = LenientSteps.value(schedule, "after") instanceof Node.Sequence;
    for (int i = 0; i < after.size(); i++) {
      String pipeline = after.get(i).replaceFirst("\\..*", "");
      String path = list ? KeyPath.item("schedule.after", i) : "schedule.after";
      if (!known.contains(pipeline)) {
        problems.report(
            path, "no pipeline \"" + pipeline + "\"", Nearest.hintOrList(pipeline, known));
      } else if (LenientSteps.text(root, "name").filter(pipeline::equals).isPresent()) {
        problems.report(path, "a pipeline cannot run after itself", "");
      }
    }
  }

  /** Nobody is there to give a value when a clock starts the run. */
  private void checkParametersOfSchedule() {
    if (LenientSteps.value(root, "schedule") == null
        || !(LenientSteps.value(root, "params") instanceof Node.Mapping parameters)) {
      return;
    }
    parameters
        .entries()
        .forEach(
            (name, entry) -> {
              Node parameter = entry.value();
              boolean free =
                  LenientSteps.text(parameter, "required").filter("false"::equals).isPresent();
              if (parameter instanceof Node.Mapping
                  && LenientSteps.value(parameter, "default") == null
                  && !free) {
                problems.report(
                    KeyPath.join("params", name),
                    "a scheduled run has nobody to give it",
                    "add a default, or required: false");
              }
            });
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
    } else if (steps.contains(FusedGroup.name(group))) {
      found.report(
          "",
          "the group and a step are both named \"" + FusedGroup.name(group) + "\"",
          "give the step another name");
    } else if (known && graph.complete()) {
      checkOrder(group, found);
      checkNothingBetween(group, found);
      checkSame(group, "pool", found);
      checkSame(group, "profile", found);
    }
  }

  /** One pod has one pool and one profile. */
  private void checkSame(List<String> group, String key, Problems found) {
    Map<String, Node.Mapping> all = LenientSteps.steps(root);
    Set<String> values = new TreeSet<>();
    for (String step : group) {
      if (all.get(step) instanceof Node.Mapping mapping) {
        LenientSteps.text(mapping, key).ifPresent(values::add);
      }
    }
    if (values.size() > 1) {
      found.report(
          "", "the steps name more than one " + key + ": " + String.join(", ", values), "name one");
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
