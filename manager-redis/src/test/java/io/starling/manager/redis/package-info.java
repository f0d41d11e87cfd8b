/** Tests of the Redis back end. */
@NullMarked
package io.starling.manager.redis;

import org.jspecify.annotations.NullMarked;
