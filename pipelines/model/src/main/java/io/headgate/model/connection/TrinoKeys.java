package io.headgate.model.connection;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Optional;

/** Keys of a connection of kind {@code trino}. */
@Description("A Trino server: a warehouse in an Iceberg catalog, or a source in any catalog.")
public record TrinoKeys(
    @Description(value = "Name or address of the server.", example = "trino.example.com")
        String host,
    @Description("The port of the server.") @Default("8080") int port,
    @Description(
            value =
                "The catalog of tables that are named without one: for a warehouse an Iceberg"
                    + " catalog, for a source any.",
            example = "lake")
        String catalog,
    @Description(value = "Who logs in.", example = "pipeline") String user,
    @Description(value = "The password, as a reference.", example = "${env:TRINO_PASSWORD}")
        Optional<String> password,
    @Description(
            value = "A JSON web token instead, as a reference.",
            example = "${env:TRINO_TOKEN}")
        Optional<String> token,
    @Description("Whether the server is spoken to over TLS.") @Default("false") boolean tls,
    @Description("A PEM file of the authorities that are trusted; relative to the project.")
        Optional<String> ca,
    @Description("A Hive catalog, for external tables over landed files.")
        Optional<String> landingCatalog,
    @Description(
            value = "Where landed files are put for Trino when the target lands on a disk.",
            example = "s3://landing/staging")
        Optional<String> staging) {}
