/** The bus protocol, and the manager that speaks it over any back end. */
@NullMarked
package io.starling.manager.pubsub;

import org.jspecify.annotations.NullMarked;
