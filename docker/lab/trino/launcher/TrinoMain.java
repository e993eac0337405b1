/** Starts the Trino server with the version that its jars are of. */
public final class TrinoMain {
  private TrinoMain() {}

  public static void main(String[] arguments) {
    new io.trino.server.Server().start(System.getProperty("headgate.lab.trino"));
  }
}
