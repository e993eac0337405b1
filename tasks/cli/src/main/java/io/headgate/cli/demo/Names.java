package io.headgate.cli.demo;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/** Invents names: of people, movies and books. Never the same name twice, in whatever case. */
final class Names {
  private static final List<String> STARTS =
      List.of("Ar", "Bel", "Cor", "Dra", "El", "Fen", "Gal", "Hes", "Il", "Jor", "Kel", "Lum");
  private static final List<String> MIDDLES =
      List.of("a", "e", "i", "o", "ani", "era", "ilo", "ova", "una", "eri");
  private static final List<String> ENDS =
      List.of("dan", "lis", "mor", "nek", "pol", "ras", "sten", "tov", "vik", "wen", "zar");
  private static final List<String> ADJECTIVES =
      List.of(
          "Amber",
          "Borrowed",
          "Crooked",
          "Distant",
          "Endless",
          "Folded",
          "Gentle",
          "Hollow",
          "Idle",
          "Jagged",
          "Kindled",
          "Lesser",
          "Muted",
          "Narrow",
          "Opal",
          "Patient");
  private static final List<String> NOUNS =
      List.of(
          "Anchor", "Bridge", "Candle", "Dial", "Ember", "Ferry", "Gravel", "Hinge", "Inlet",
          "Jetty", "Kettle", "Ladder", "Mantle", "Needle", "Orchard", "Paddle", "Quarry", "Rudder");
  private static final List<String> WORDS =
      List.of(
          "amora", "belto", "cindu", "dorap", "elimo", "fusca", "galor", "hinto", "isapu", "jorem",
          "kolita", "lumen", "mirato", "nolsu", "opera");

  private final Random random;
  private final Set<String> taken = new HashSet<>();

  Names(Random random) {
    this.random = random;
  }

  /** Keeps a name from being invented. */
  String reserve(String name) {
    taken.add(name.toLowerCase(Locale.ROOT));
    return name;
  }

  String title() {
    while (true) {
      String adjective = pick(ADJECTIVES);
      String noun = pick(NOUNS);
      String other = pick(NOUNS);
      String title =
          switch (random.nextInt(6)) {
            case 0 -> "The " + adjective + " " + noun;
            case 1 -> noun + " of the " + adjective + " " + other;
            case 2 -> adjective + " " + noun + ": Part " + (1 + random.nextInt(9));
            case 3 -> noun + " – A " + adjective + " " + other;
            case 4 -> noun + ", " + other + " and a " + pick(NOUNS);
            default -> adjective.toUpperCase(Locale.ROOT) + "·" + noun.charAt(0);
          };
      if (taken.add(title.toLowerCase(Locale.ROOT))) {
        return title;
      }
    }
  }

  String person() {
    while (true) {
      String name = word() + " " + word() + (random.nextInt(12) == 0 ? " II" : "");
      if (taken.add(name.toLowerCase(Locale.ROOT))) {
        return name;
      }
    }
  }

  /** One name, not unique. */
  String word() {
    return pick(STARTS) + pick(MIDDLES) + pick(ENDS);
  }

  /** Two sentences in a language that nobody speaks. */
  String text() {
    return sentence() + " " + sentence();
  }

  String pick(List<String> options) {
    return options.get(random.nextInt(options.size()));
  }

  private String sentence() {
    String words = pick(WORDS) + " " + pick(WORDS) + " " + pick(WORDS) + ".";
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
