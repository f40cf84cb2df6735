# The program `outlive_static`: outlive linked with no shared library at all, to run where there is nothing
# else, as in the image of packaging/oci. It is linked from the objects of the ordinary program, so that
# next to nothing is compiled for it.
#
# The linker warns of getaddrinfo, gethostbyname, getgrnam and dlopen: glibc takes what nsswitch.conf names from
# shared libraries. Since 2.34 it has /etc/hosts, DNS and /etc/group within itself, so these are found all the
# same (tests/packaging looks); other sources (LDAP, mDNS) are not, nor are modules of OpenSSL.
#
# Made where it can be: on Linux, without sanitizers, and where each library has a static archive beside it.
# Debian 12 has them in the packages that tools/setup installs; Debian 13's libcrypto.a wants libzstd-dev besides,
# which packaging/oci/build brings.
set(OUTLIVE_STATIC_LACKS)
if(NOT CMAKE_SYSTEM_NAME STREQUAL Linux)
  set(OUTLIVE_STATIC_LACKS "Linux")
elseif("${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize")
  set(OUTLIVE_STATIC_LACKS "a build without sanitizers")
endif()

# What libcrypto.a wants itself: compression, by how it was built.
find_package(PkgConfig QUIET)
pkg_check_modules(OUTLIVE_STATIC_CRYPTO QUIET libcrypto)
set(behind_crypto ${OUTLIVE_STATIC_CRYPTO_STATIC_LIBRARIES})
list(REMOVE_ITEM behind_crypto crypto dl pthread)
list(TRANSFORM behind_crypto PREPEND lib)

# In the order in which a linker wants them.
set(OUTLIVE_STATIC_ARCHIVES)
set(hiredis_dirs ${outlive_hiredis__hiredis_LIBRARY_DIRS})
foreach(name libhiredis_ssl libhiredis libyaml-cpp libssl libcrypto ${behind_crypto})
  string(MAKE_C_IDENTIFIER "OUTLIVE_STATIC_${name}" variable)
  find_library(${variable} ${name}.a HINTS ${hiredis_dirs})
  mark_as_advanced(${variable})
  if(${variable})
    list(APPEND OUTLIVE_STATIC_ARCHIVES ${${variable}})
  else()
    list(APPEND OUTLIVE_STATIC_LACKS ${name}.a)
  endif()
endforeach()

if(OUTLIVE_STATIC_LACKS)
  list(JOIN OUTLIVE_STATIC_LACKS ", " lacks)
  message(STATUS "No static program (packaging/oci): it wants ${lacks}")
  return()
endif()

set(rooms)
foreach(part cli harness emulator)
  outlive_rooms_behind(outlive_${part} part_rooms libraries doors)
  list(APPEND rooms ${part_rooms})
endforeach()
list(REMOVE_DUPLICATES rooms)
list(TRANSFORM rooms REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)

# Debian has toml++ compiled as a shared library alone; its headers can be compiled the same way.
set(toml ${PROJECT_BINARY_DIR}/static_program/toml.cpp)
file(CONFIGURE OUTPUT ${toml} CONTENT "#define TOML_HEADER_ONLY 0\n#define TOML_IMPLEMENTATION\n#include <toml++/toml.h>\n")

add_executable(outlive_static $<TARGET_OBJECTS:outlive> ${objects} ${toml})
set_target_properties(outlive_static PROPERTIES LINKER_LANGUAGE CXX RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_link_libraries(outlive_static PRIVATE lua::cjson lua::bit lua::lua ${OUTLIVE_STATIC_ARCHIVES})
# -s: no symbols; -no-pie, for the archives are not position-independent everywhere.
target_link_options(outlive_static PRIVATE -static -no-pie -s LINKER:--gc-sections)
