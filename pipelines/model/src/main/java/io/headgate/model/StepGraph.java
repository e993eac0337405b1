package io.headgate.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which step waits for which. Needs that do not exist are left out. */
final class StepGraph {
  private final Map<String, List<String>> needs = new LinkedHashMap<>();
  private final boolean complete;

  /**
   * Takes the steps in the order in which they are written.
   *
   * @param written step to the steps that it names
   */
  StepGraph(Map<String, List<String>> written) {
    written.forEach(
        (step, named) ->
            needs.put(step, named.stream().filter(written::containsKey).distinct().toList()));
    complete = written.values().stream().allMatch(written.keySet()::containsAll);
  }

  /** Whether every need exists. */
  boolean complete() {
    return complete;
  }

  /** All steps that {@code step} waits for, also indirectly. */
  Set<String> allNeeds(String step) {
    Set<String> found = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(needs(step));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (found.add(next)) {
        open.addAll(needs(next));
      }
    }
    return found;
  }

  /** Needs first, otherwise as written. Steps on a cycle, and what waits for them, are left out. */
  List<String> order() {
    List<String> order = new ArrayList<>();
    Set<String> done = new LinkedHashSet<>();
    boolean moved = true;
    while (moved) {
      moved = false;
      for (String step : needs.keySet()) {
        if (!done.contains(step) && done.containsAll(needs(step))) {
          done.add(step);
          order.add(step);
          moved = true;
          break;
        }
      }
    }
    return order;
  }

  /** One cycle for each knot of steps that wait for each other: {@code [a, b, a]}. */
  List<List<String>> cycles() {
    List<List<String>> cycles = new ArrayList<>();
    Set<String> told = new LinkedHashSet<>();
    for (String step : needs.keySet()) {
      if (!told.contains(step) && allNeeds(step).contains(step)) {
        cycles.add(shortestCycle(step));
        for (String other : allNeeds(step)) {
          if (allNeeds(other).contains(step)) {
            told.add(other);
          }
        }
      }
    }
    return cycles;
  }

  private List<String> shortestCycle(String start) {
    Map<String, String> cameFrom = new HashMap<>();
    Deque<String> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      String at = open.poll();
      for (String next : needs(at)) {
        if (next.equals(start)) {
          return path(start, at, cameFrom);
        }
        if (cameFrom.putIfAbsent(next, at) == null) {
          open.add(next);
        }
      }
    }
    throw new IllegalStateException(start + " is on no cycle");
  }

  private static List<String> path(String start, String last, Map<String, String> cameFrom) {
    Deque<String> path = new ArrayDeque<>(List.of(start));
    @Nullable String at = last;
    while (at != null && !at.equals(start)) {
      path.addFirst(at);
      at = cameFrom.get(at);
    }
    path.addFirst(start);
    return List.copyOf(path);
  }

  private List<String> needs(String step) {
    return needs.getOrDefault(step, List.of());
  }
}
