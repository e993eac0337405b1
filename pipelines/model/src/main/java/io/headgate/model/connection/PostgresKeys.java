package io.headgate.model.connection;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Optional;

/** Keys of a connection of kind {@code postgres}. */
@Description("A PostgreSQL database.")
public record PostgresKeys(
    @Description(value = "Name or address of the server.", example = "db.example.com") String host,
    @Description("The port of the server.") @Default("5432") int port,
    @Description("Name of the database.") String database,
    @Description("Who logs in.") String user,
    @Description(value = "The password, as a reference.", example = "${env:PG_PASSWORD}")
        Optional<String> password,
    @Description("How the server is trusted: disable, require, verify-ca or verify-full.")
        Optional<String> sslmode,
    @Description("A PEM file of the authorities that are trusted; relative to the project.")
        Optional<String> ca) {}
