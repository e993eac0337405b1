/** ClickHouse as a warehouse; see docs/stores/clickhouse.md for what it promises. */
@NullMarked
package io.headgate.stores.clickhouse;

import org.jspecify.annotations.NullMarked;
