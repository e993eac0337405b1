package io.headgate.model;

/** When something runs: five cron fields. */
public record Cron(String text) {
  public static Cron parse(String text) {
    return new Cron(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
