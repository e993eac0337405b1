package io.headgate.model.connection;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Optional;

/** Keys of a connection of kind {@code clickhouse}. */
@Description("A ClickHouse server, spoken to over HTTP.")
public record ClickHouseKeys(
    @Description(value = "Name or address of the server.", example = "ch.example.com") String host,
    @Description("The port for HTTP; 8443 with TLS if left out.") @Default("8123") int port,
    @Description("The database that is used where none is named.") Optional<String> database,
    @Description("Who logs in.") @Default("default") String user,
    @Description(value = "The password, as a reference.", example = "${env:CH_PASSWORD}")
        Optional<String> password,
    @Description("Whether the server is spoken to over TLS.") @Default("false") boolean tls,
    @Description("A PEM file of the authorities that are trusted; relative to the project.")
        Optional<String> ca) {}
