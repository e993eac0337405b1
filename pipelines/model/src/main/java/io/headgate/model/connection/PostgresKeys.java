package io.headgate.model.connection;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Optional;

/** Keys of a connection of kind {@code postgres}. */
@Description("A PostgreSQL database.")
public record PostgresKeys(
    @Description(value = "Name or address of the server.", example = "db.example.com") String host,
    @Description("The port of the server.") @Default("5432") int port,
    @Description(value = "Name of the database.", example = "shop") String database,
    @Description(value = "Who logs in.", example = "pipeline") String user,
    @Description(value = "The password, as a reference.", example = "${env:PG_PASSWORD}")
        Optional<String> password,
    @Description(
            "How the connection is encrypted and the server trusted, in libpq's words; prefer if"
                + " left out.")
        Optional<SslMode> sslmode,
    @Description("A PEM file of the authorities that are trusted; relative to the project.")
        Optional<String> ca) {
  /** In the order of what they promise. */
  public enum SslMode {
    DISABLE,
    ALLOW,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL
  }
}
