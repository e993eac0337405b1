package io.headgate.model.connection;

import io.headgate.api.Description;
import java.util.Optional;

/** Keys of a connection of kind {@code http}. */
@Description("A server that is read over HTTP.")
public record HttpKeys(
    @Description(value = "What paths are relative to.", example = "https://api.example.com/v2")
        String url,
    @Description("A bearer token, as a reference.") Optional<String> token,
    @Description("Name of a header that holds an API key.") Optional<String> apiKeyHeader,
    @Description("The API key for that header, as a reference.") Optional<String> apiKey,
    @Description("Who logs in, with basic authentication.") Optional<String> user,
    @Description("The password, as a reference.") Optional<String> password,
    @Description("A PEM file of the authorities that are trusted; relative to the project.")
        Optional<String> ca,
    @Description(value = "A proxy on the way to the server.", example = "http://proxy:3128")
        Optional<String> proxy,
    @Description(value = "How often the server may be asked, evenly spread.", example = "5/s")
        Optional<String> rate,
    @Description("How many seconds a page may take, whole; 120 if left out.")
        Optional<Integer> timeout) {}
