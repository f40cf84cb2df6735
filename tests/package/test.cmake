# Installs a build into a folder of its own and builds and runs users' projects against it.
#   cmake -DBUILD=dir -DFLAGS=flags -DWORK=dir -P test.cmake
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} -G Ninja -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/build
  -DCMAKE_PREFIX_PATH=${WORK}/prefix "-DCMAKE_CXX_FLAGS=${FLAGS}")
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/uses_outlive)

# The example of a test of one's own.
run(${CMAKE_COMMAND} -G Ninja -S ${CMAKE_CURRENT_LIST_DIR}/../../examples/cpp-test -B ${WORK}/example
  -DCMAKE_PREFIX_PATH=${WORK}/prefix "-DCMAKE_CXX_FLAGS=${FLAGS}")
run(${CMAKE_COMMAND} --build ${WORK}/example)
run(${WORK}/example/limits_test)

# The installed program, called from anywhere: it finds the scenarios that were installed with it, what lies beside them
# too, and writes new ones.
set(outlive ${WORK}/prefix/bin/outlive)
set(elsewhere ${WORK}/elsewhere)
file(MAKE_DIRECTORY ${elsewhere})

function(outlive_says OUTPUT STATUS)
  execute_process(COMMAND ${outlive} ${ARGN} WORKING_DIRECTORY ${elsewhere}
    OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE status)
  if(NOT status EQUAL STATUS)
    message(FATAL_ERROR "outlive ${ARGN}: exit status ${status} in place of ${STATUS}\n${out}${err}")
  endif()
  set(${OUTPUT} "${out}" PARENT_SCOPE)
endfunction()

function(expect_words TEXT PATTERN)
  if(NOT TEXT MATCHES "${PATTERN}")
    message(FATAL_ERROR "this has not the words ${PATTERN}:\n${TEXT}")
  endif()
endfunction()

outlive_says(version 0 --version)
outlive_says(list 0 list --format json)
file(GLOB_RECURSE shipped ${CMAKE_CURRENT_LIST_DIR}/../../scenarios/*.toml)
list(FILTER shipped EXCLUDE REGEX "/_[^/]*$")  # parts of others
list(LENGTH shipped shipped_count)
string(JSON listed_count LENGTH "${list}" scenarios)
if(NOT listed_count EQUAL shipped_count)
  message(FATAL_ERROR "the installed program lists ${listed_count} scenarios; ${shipped_count} ship with it")
endif()
file(REAL_PATH ${WORK}/prefix/share/outlive/scenarios installed)
foreach(place RANGE 1 ${listed_count})
  math(EXPR place "${place} - 1")
  string(JSON file GET "${list}" scenarios ${place} file)
  cmake_path(IS_PREFIX installed "${file}" inside)
  if(NOT inside)
    message(FATAL_ERROR "${file} is not one of those that were installed, in ${installed}")
  endif()
endforeach()
outlive_says(played 0 run policies/volatile-ttl)
expect_words("${played}" "1 scenario on embedded")
outlive_says(played 0 run policies/forgotten-ttl)  # reads a recording beside it
outlive_says(told 0 describe split/split)
expect_words("${told}" "What is checked")
outlive_says(made 0 new mine --from split)
outlive_says(played 1 run mine.toml)  # as `outlive new` has it: broken
expect_words("${played}" "violated, not as stated")
