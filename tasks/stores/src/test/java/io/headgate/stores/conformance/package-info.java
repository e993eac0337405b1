/** What every store promises. */
package io.headgate.stores.conformance;
