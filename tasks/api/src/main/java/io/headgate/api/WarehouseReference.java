package io.headgate.api;

/**
 * Where the pipeline's tables live at the run's target.
 *
 * @param name the warehouse as {@code pipeline.yaml} names it
 * @param connection the store
 * @param schema the published schema
 */
public record WarehouseReference(String name, Connection connection, String schema) {}
