/** Contract suites that any client manager and any back end can run. */
@NullMarked
package io.starling.integration;

import org.jspecify.annotations.NullMarked;
