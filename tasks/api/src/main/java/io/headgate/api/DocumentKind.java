package io.headgate.api;

/**
 * A kind of YAML document beside {@code pipeline.yaml}, such as a contract.
 *
 * @param name such as {@code contract}; names the JSON schema too
 * @param type the record that it binds to
 * @param directory the folder below the pipeline's in which every {@code *.yaml}, at any depth, is
 *     of this kind
 */
public record DocumentKind<D extends Record>(String name, Class<D> type, String directory) {}
