package io.headgate.model;

import java.util.List;

/** Names of groups of steps that share a pod. */
final class FusedGroup {
  private static final int LONGEST = 63;

  private FusedGroup() {}

  /** {@code sources_ok__trusted_ok}; shortened, with a hash, when that is too long for a name. */
  static String name(List<String> steps) {
    String name = steps.getFirst() + "__" + steps.getLast();
    return name.length() <= LONGEST
        ? name
        : name.substring(0, 52) + "__" + Compiler.sha256(name).substring(0, 8);
  }
}
