/** Example: a whole chat with several servers, tokens and rooms. See {@link ClusterChat}. */
@NullMarked
package io.starling.examples.clusterchat;

import org.jspecify.annotations.NullMarked;
