package io.headgate.ingest.jdbc;

import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Finds drivers when they are needed, and loads no other. */
final class Drivers {
  private Drivers() {}

  static Driver trino() {
    return named("io.trino.jdbc.TrinoDriver", Drivers.class.getClassLoader(), "trino");
  }

  /**
   * The driver of a connection of kind {@code jdbc}: its {@code driver}, else the first that knows
   * its address, in the folder {@code drivers} or on the class path.
   */
  static Driver find(ConnectionKeys keys, String url) throws SQLException {
    Optional<Path> folder = keys.file("drivers");
    ClassLoader loader = folder.isPresent() ? loader(folder.get()) : Drivers.class.getClassLoader();
    Optional<String> name = keys.find("driver");
    if (name.isPresent()) {
      return named(name.get(), loader, keys.connection().name());
    }
    List<ServiceLoader.Provider<Driver>> providers =
        ServiceLoader.load(Driver.class, loader).stream().toList();
    for (ServiceLoader.Provider<Driver> provider : providers) {
      Optional<Driver> driver = made(provider);
      if (driver.isPresent() && driver.get().acceptsURL(url)) {
        return driver.get();
      }
    }
    throw TaskFailure.configuration(
        "connection %s: no driver knows its url".formatted(keys.connection().name()),
        "put the driver's jar into a folder and name it in drivers:");
  }

  private static Optional<Driver> made(ServiceLoader.Provider<Driver> provider) {
    try {
      return Optional.of(provider.get());
    } catch (ServiceConfigurationError | LinkageError e) {
      return Optional.empty(); // a driver that lacks something is not the one that is looked for
    }
  }

  private static Driver named(String name, ClassLoader loader, String connection) {
    try {
      return Class.forName(name, true, loader)
          .asSubclass(Driver.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw SourceFailures.configuration(
          "connection %s: no driver %s: %s".formatted(connection, name, e.getMessage()),
          "correct driver:, or put its jar into the folder drivers:",
          e instanceof Exception exception ? exception : null);
    }
  }

  private static ClassLoader loader(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<URL> jars = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        if (file.getFileName().toString().endsWith(".jar")) {
          jars.add(url(file));
        }
      }
      return new URLClassLoader(jars.toArray(URL[]::new), Drivers.class.getClassLoader());
    } catch (IOException e) {
      throw TaskFailure.configuration(
          "drivers: " + folder + " cannot be read: " + e.getMessage(), "name a folder of jars");
    }
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
