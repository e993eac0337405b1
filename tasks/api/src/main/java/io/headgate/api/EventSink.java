package io.headgate.api;

/** Takes events. Never fails or delays the work that they tell of. */
@FunctionalInterface
public interface EventSink {
  void emit(Event event);

  /** Nobody listens. */
  static EventSink none() {
    return event -> {};
  }
}
