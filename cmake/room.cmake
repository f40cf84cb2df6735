# A room is one layer of the house: a static library that may use only the rooms named in USES.
#
#   outlive_room(keyspace USES data memory base SOURCES keyspace/database.cpp … HEADERS keyspace/database.hpp …)
#
# makes the target outlive_keyspace. Headers are included from the root of the folder the room is in
# ("keyspace/database.hpp"), and each is compiled alone by the target all_verify_interface_header_sets.

add_library(outlive_warnings INTERFACE)
target_compile_options(outlive_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wimplicit-fallthrough
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast> $<$<BOOL:${OUTLIVE_WERROR}>:-Werror>
  # g++ 12 sees overlap in every "text" + string (GCC bug 105651, mended in 13).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)

function(outlive_room NAME)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS;SOURCES;HEADERS" ${ARGN})
  set(target outlive_${NAME})
  if(ROOM_SOURCES)
    add_library(${target} STATIC ${ROOM_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:outlive_warnings> ${ROOM_LINKS})
  else()
    # Headers alone.
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  if(ROOM_HEADERS)
    target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR} FILES ${ROOM_HEADERS})
  endif()
  target_include_directories(${target} ${scope} $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}>)
  target_compile_features(${target} ${scope} cxx_std_20)
  foreach(room IN LISTS ROOM_USES)
    target_link_libraries(${target} ${scope} outlive_${room})
  endforeach()
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()
